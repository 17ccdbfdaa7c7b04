/**
 * The root and the description of the API: the page for people, which uses the REST API as any
 * client does, the OpenAPI description, and Swagger UI.
 */
@NullMarked
package dev.sluice.api.page;

import org.jspecify.annotations.NullMarked;
