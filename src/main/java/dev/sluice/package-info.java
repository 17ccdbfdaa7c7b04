/** The application itself: it starts the others and holds nothing of its own. */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
