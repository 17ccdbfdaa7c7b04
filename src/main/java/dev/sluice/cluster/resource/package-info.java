/** The StreamExport resource: its fields, reads and writes of it, and a cache of all of them. */
@NullMarked
package dev.sluice.cluster.resource;

import org.jspecify.annotations.NullMarked;
