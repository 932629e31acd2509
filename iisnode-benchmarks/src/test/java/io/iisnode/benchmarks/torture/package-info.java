/**
 * Recycles an application in every way while clients use it, and counts what fails.
 */
package io.iisnode.benchmarks.torture;
