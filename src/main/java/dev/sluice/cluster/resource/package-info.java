/** The resource StreamExport: what it says, how it is written, and what is known of all of them. */
@NullMarked
package dev.sluice.cluster.resource;

import org.jspecify.annotations.NullMarked;
