package dev.sluice.configuration;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * Requires a {@link Duration} or {@link DataSize} in a range. The bounds are written like values of
 * the property: "24d", "1TB". A null is valid.
 */
@Constraint(validatedBy = Within.Check.class)
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface Within {

  /** The least permitted value. */
  String from() default "0";

  /** The greatest permitted value; empty for no limit. */
  String to() default "";

  String message() default "must be from {from} to {to}";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Compares the value with both bounds. */
  final class Check implements ConstraintValidator<Within, Object> {

    private Within bounds;

    @Override
    public void initialize(Within constraint) {
      bounds = constraint;
    }

    @Override
    public boolean isValid(@Nullable Object value, ConstraintValidatorContext context) {
      return switch (value) {
        case null -> true;
        case Duration time -> isWithin(time, DurationStyle::detectAndParse);
        case DataSize bytes -> isWithin(bytes, DataSize::parse);
        default ->
            throw new IllegalArgumentException("no bounds are known for " + value.getClass());
      };
    }

    private <T extends Comparable<T>> boolean isWithin(T value, Function<String, T> reader) {
      return value.compareTo(reader.apply(bounds.from())) >= 0
          && (bounds.to().isEmpty() || value.compareTo(reader.apply(bounds.to())) <= 0);
    }
  }
}
