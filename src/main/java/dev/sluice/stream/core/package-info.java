/**
 * What all parts of one stream share: its state, how far and how fast it goes, and who has its
 * lock. It must know no client, no endpoint and no part that it is handed to.
 */
@NullMarked
package dev.sluice.stream.core;

import org.jspecify.annotations.NullMarked;
