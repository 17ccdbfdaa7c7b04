package dev.sluice.api.problem;

import org.jspecify.annotations.Nullable;

/**
 * An error in one field of a request.
 *
 * @param field its name, after those of the objects that contain it, such as "clients.networks"
 * @param value as it was sent; null if it is missing
 * @param detail what was wrong, and what was expected
 */
public record FieldError(String field, @Nullable Object value, String detail) {}
