/**
 * Adds the export and the session to log lines, and limits how many of a kind are logged. It must
 * not know what is logged.
 */
@NullMarked
package dev.sluice.logging;

import org.jspecify.annotations.NullMarked;
