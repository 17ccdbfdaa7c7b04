/**
 * Views of the exports of all pods for the REST API, built from the resources. It writes nothing,
 * and {@code cluster} must not know it.
 */
@NullMarked
package dev.sluice.cluster.view;

import org.jspecify.annotations.NullMarked;
