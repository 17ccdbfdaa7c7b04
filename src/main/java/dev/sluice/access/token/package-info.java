/**
 * The configured bearer tokens, those of a file too, and the role that each of them has. It must
 * know nothing of HTTP.
 */
@NullMarked
package dev.sluice.access.token;

import org.jspecify.annotations.NullMarked;
