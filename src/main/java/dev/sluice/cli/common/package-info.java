/**
 * What all commands share: exit codes, error messages, and their environment. It knows no command.
 */
@NullMarked
package dev.sluice.cli.common;

import org.jspecify.annotations.NullMarked;
