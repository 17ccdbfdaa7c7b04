/**
 * One REST API on every pod: a request for an export that another pod has is passed on to that pod,
 * and exports that somebody asks for become resources. It knows HTTP and the resources; what an
 * export does, the local REST API knows.
 */
@NullMarked
package dev.sluice.cluster.api;

import org.jspecify.annotations.NullMarked;
