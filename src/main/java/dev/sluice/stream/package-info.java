/**
 * The words in which everybody speaks of a stream: its settings, states, observers, and what its
 * clients are told. What makes a stream stands in the packages below, which all know this one; it
 * must know none of them.
 */
@NullMarked
package dev.sluice.stream;

import org.jspecify.annotations.NullMarked;
