/**
 * The command line: what is typed after the program's name, and which command that is. Nothing of
 * the service knows it.
 */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
