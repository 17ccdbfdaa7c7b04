/**
 * What log lines have in common: the export and session that they name, and how many of a kind may
 * be written. It must not know what is logged.
 */
@NullMarked
package dev.sluice.logging;

import org.jspecify.annotations.NullMarked;
