/**
 * What all parts of one stream share: its state, its progress and rate, and the state of its
 * request lock. It must know no client, no endpoint and no part that uses it.
 */
@NullMarked
package dev.sluice.stream.core;

import org.jspecify.annotations.NullMarked;
