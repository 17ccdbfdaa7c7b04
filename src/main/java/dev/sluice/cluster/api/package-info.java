/**
 * One REST API on every pod: forwards requests to the owner of an export, and creates resources for
 * new exports. It knows HTTP and the resources; the local REST API knows what an export does.
 */
@NullMarked
package dev.sluice.cluster.api;

import org.jspecify.annotations.NullMarked;
