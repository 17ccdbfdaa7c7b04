/**
 * The vocabulary of streams: settings, states, observers, and what clients are told. The
 * implementation is in the packages below, which all use this one. It must know none of them.
 */
@NullMarked
package dev.sluice.stream;

import org.jspecify.annotations.NullMarked;
