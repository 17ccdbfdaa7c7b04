/**
 * The exports of all pods as the REST API shows them on each: what the resources say, in the words
 * of the API. It writes nothing, and the package above it must not know it.
 */
@NullMarked
package dev.sluice.cluster.view;

import org.jspecify.annotations.NullMarked;
