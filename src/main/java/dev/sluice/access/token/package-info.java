/**
 * The configured bearer tokens, including those of a file, and their roles. It must not know HTTP.
 */
@NullMarked
package dev.sluice.access.token;

import org.jspecify.annotations.NullMarked;
