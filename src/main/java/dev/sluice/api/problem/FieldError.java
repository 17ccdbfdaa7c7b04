package dev.sluice.api.problem;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with one field of a request.
 *
 * @param field its name, after those of the objects that it is in, such as "clients.networks"
 * @param value as it was sent; null where it was left out
 * @param detail what was wrong, and what was expected
 */
public record FieldError(String field, @Nullable Object value, String detail) {}
