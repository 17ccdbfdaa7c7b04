/**
 * The command line: finds the command that was typed, and runs it. No other package of the service
 * knows it.
 */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
