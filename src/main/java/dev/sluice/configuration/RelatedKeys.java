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

/** Properties that have to fit each other, besides each having its own constraints. */
@RelatedKeys.Fit
public interface RelatedKeys {

  /** For each component that does not fit the others: what it must be. */
  Map<String, String> misfits();

  /** There are no {@link #misfits}. */
  @Constraint(validatedBy = Check.class)
  @Target(ElementType.TYPE)
  @Retention(RetentionPolicy.RUNTIME)
  @interface Fit {

    String message() default Complaint.MESSAGE;

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
  }

  /** Blames the components. */
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
