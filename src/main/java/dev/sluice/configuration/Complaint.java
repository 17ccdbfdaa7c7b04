package dev.sluice.configuration;

import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.ConstraintValidatorContext.ConstraintViolationBuilder;
import org.hibernate.validator.constraintvalidation.HibernateConstraintValidatorContext;

/** What a constraint finds wrong, in words that it puts together itself. */
final class Complaint {

  /** The message of a constraint that has no other. */
  static final String MESSAGE = "{complaint}";

  private Complaint() {}

  /**
   * Begins a violation whose message is a text as it stands, even where the text looks like a
   * parameter or an expression: it may repeat what somebody has configured.
   */
  static ConstraintViolationBuilder of(ConstraintValidatorContext context, String text) {
    HibernateConstraintValidatorContext own =
        context.unwrap(HibernateConstraintValidatorContext.class);
    own.disableDefaultConstraintViolation();
    return own.addMessageParameter("complaint", text).buildConstraintViolationWithTemplate(MESSAGE);
  }
}
