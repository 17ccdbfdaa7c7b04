/**
 * What a package has of the command line besides the program: man pages, and completion for shells.
 * The build makes them from the same options that the program reads; nothing of the program knows
 * it.
 */
@NullMarked
package dev.sluice.cli.manual;

import org.jspecify.annotations.NullMarked;
