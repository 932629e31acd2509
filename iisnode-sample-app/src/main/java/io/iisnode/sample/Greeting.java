package io.iisnode.sample;

/**
 * What {@link GreetingController} answers.
 *
 * @param message the greeting
 * @param server who answers
 * @param pid the process that answers
 */
record Greeting(String message, String server, long pid) {
}
