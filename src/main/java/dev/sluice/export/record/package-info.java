/**
 * The records of exports in the journal: their form, when they are written, and what may be
 * reported before they are on disk. It must not know how exports are created.
 */
@NullMarked
package dev.sluice.export.record;

import org.jspecify.annotations.NullMarked;
