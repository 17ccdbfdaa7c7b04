/**
 * What the bodies of requests are: records, bound by Jackson, with every field that is wrong. It
 * must not know who asks, or what becomes of it.
 */
@NullMarked
package dev.sluice.api.request;

import org.jspecify.annotations.NullMarked;
