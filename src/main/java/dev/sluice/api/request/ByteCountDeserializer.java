package dev.sluice.api.request;

import dev.sluice.export.ByteCount;
import java.math.BigInteger;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;

/** Reads a number of bytes in the {@link ByteCount} range that the field's {@link Bytes} names. */
final class ByteCountDeserializer extends FieldDeserializer<Long> {

  private final ByteCount range;

  ByteCountDeserializer() {
    this(ByteCount.SIZE);
  }

  private ByteCountDeserializer(ByteCount range) {
    this.range = range;
  }

  @Override
  public ValueDeserializer<?> createContextual(DeserializationContext context, BeanProperty field) {
    return new ByteCountDeserializer(field.getAnnotation(Bytes.class).value());
  }

  @Override
  Long of(JsonNode given) {
    if (given.isString()) {
      return range.parse(given.stringValue());
    }
    if (given.isIntegralNumber()) {
      return range.requireInRange(clamped(given.bigIntegerValue()));
    }
    throw new IllegalArgumentException(range.expected());
  }

  /** Clamps a number to the range of a long. */
  private static long clamped(BigInteger number) {
    if (number.bitLength() < Long.SIZE) {
      return number.longValue();
    }
    return number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}
