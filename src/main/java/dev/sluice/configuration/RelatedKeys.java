package dev.sluice.configuration;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;

/** Properties that have to fit each other, in addition to the constraints of each. */
@RelatedKeys.Fit
public interface RelatedKeys {

  /** Returns what each component that does not fit must be. */
  Map<String, String> misfits();

  /** Requires that there are no {@link #misfits}. */
  @Constraint(validatedBy = Check.class)
  @Target(ElementType.TYPE)
  @Retention(RetentionPolicy.RUNTIME)
  @interface Fit {

    String message() default Complaint.MESSAGE;

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
  }

  /** Reports a violation for each component that does not fit. */
  final class Check implements ConstraintValidator<Fit, RelatedKeys> {

    @Override
    public boolean isValid(RelatedKeys properties, ConstraintValidatorContext context) {
      Map<String, String> misfits = properties.misfits();
      misfits.forEach(
          (component, expected) ->
              Complaint.of(context, expected).addPropertyNode(component).addConstraintViolation());
      return misfits.isEmpty();
    }
  }
}
