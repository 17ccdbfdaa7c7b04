/** What all commands share: how they end, and how they say what is wrong. They know no command. */
@NullMarked
package dev.sluice.cli.common;

import org.jspecify.annotations.NullMarked;
