/**
 * Generates what a package ships besides the program: man pages, and completions for shells. The
 * build makes them from the same options that the program reads. No other package knows this one.
 */
@NullMarked
package dev.sluice.cli.manual;

import org.jspecify.annotations.NullMarked;
