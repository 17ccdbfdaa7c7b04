package dev.sluice.api.request;

import com.fasterxml.jackson.annotation.JacksonAnnotation;
import dev.sluice.export.ByteCount;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A field that is a number of bytes. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD})
@JacksonAnnotation
public @interface Bytes {

  /** How many it may be. */
  ByteCount value();
}
