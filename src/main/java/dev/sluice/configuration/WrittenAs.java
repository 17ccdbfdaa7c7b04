package dev.sluice.configuration;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Requires that a text, or each text of a list, has a form. A null is valid. */
@Constraint(validatedBy = WrittenAs.Check.class)
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
public @interface WrittenAs {

  TextForm value();

  String message() default Complaint.MESSAGE;

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Reports what is wrong, and for a list, with which of its texts. */
  final class Check implements ConstraintValidator<WrittenAs, Object> {

    private TextForm form;

    @Override
    public void initialize(WrittenAs constraint) {
      form = constraint.value();
    }

    @Override
    public boolean isValid(@Nullable Object value, ConstraintValidatorContext context) {
      String complaint =
          switch (value) {
            case null -> "";
            case List<?> texts ->
                texts.stream().flatMap(this::ofOne).collect(Collectors.joining(", and "));
            default -> form.complaint(value.toString()).orElse("");
          };
      if (!complaint.isEmpty()) {
        Complaint.of(context, complaint).addConstraintViolation();
      }
      return complaint.isEmpty();
    }

    private Stream<String> ofOne(Object text) {
      return form
          .complaint(text.toString())
          .map(found -> "\"%s\": %s".formatted(text, found))
          .stream();
    }
  }
}
