package dev.sluice.api.request;

import com.fasterxml.jackson.annotation.JacksonAnnotation;
import dev.sluice.export.ByteCount;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a field that is a number of bytes. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD})
@JacksonAnnotation
public @interface Bytes {

  /** Returns the permitted range. */
  ByteCount value();
}
