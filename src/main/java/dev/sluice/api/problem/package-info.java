/**
 * Problems, the only format of errors (RFC 9457), wherever a request fails. It must not know what a
 * request is about.
 */
@NullMarked
package dev.sluice.api.problem;

import org.jspecify.annotations.NullMarked;
