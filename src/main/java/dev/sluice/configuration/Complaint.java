package dev.sluice.configuration;

import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.ConstraintValidatorContext.ConstraintViolationBuilder;
import org.hibernate.validator.constraintvalidation.HibernateConstraintValidatorContext;

/** Builds constraint violations whose message a validator composes itself. */
final class Complaint {

  /** The default message of a constraint whose validator composes its own. */
  static final String MESSAGE = "{complaint}";

  private Complaint() {}

  /**
   * Begins a violation with a literal message. The text may repeat a configured value, so anything
   * in it that looks like a parameter or an expression is not interpolated.
   */
  static ConstraintViolationBuilder of(ConstraintValidatorContext context, String text) {
    HibernateConstraintValidatorContext own =
        context.unwrap(HibernateConstraintValidatorContext.class);
    own.disableDefaultConstraintViolation();
    return own.addMessageParameter("complaint", text).buildConstraintViolationWithTemplate(MESSAGE);
  }
}
