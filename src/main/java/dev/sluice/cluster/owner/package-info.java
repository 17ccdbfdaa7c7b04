/**
 * What a pod does about the exports that it owns: takes them, makes them, and tells what becomes of
 * them.
 */
@NullMarked
package dev.sluice.cluster.owner;

import org.jspecify.annotations.NullMarked;
