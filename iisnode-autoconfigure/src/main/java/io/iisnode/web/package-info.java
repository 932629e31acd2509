/**
 * Takes WebFlux requests that belong to a Node application and renders errors.
 */
@NullMarked
package io.iisnode.web;

import org.jspecify.annotations.NullMarked;
