/**
 * What is kept of exports in the journal: how each is written, when, and what is told of it before
 * that. It must not know how exports are made.
 */
@NullMarked
package dev.sluice.export.record;

import org.jspecify.annotations.NullMarked;
