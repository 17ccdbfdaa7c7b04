/**
 * What is at the root, and what describes the API: the page that people look at, which uses the
 * REST API as any client does, the description, and Swagger UI.
 */
@NullMarked
package dev.sluice.api.page;

import org.jspecify.annotations.NullMarked;
