/** How a pod owns resources: it claims them, creates their exports, and writes their status. */
@NullMarked
package dev.sluice.cluster.owner;

import org.jspecify.annotations.NullMarked;
