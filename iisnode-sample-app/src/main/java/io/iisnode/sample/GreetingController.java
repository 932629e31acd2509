package io.iisnode.sample;

import org.springframework.boot.SpringBootVersion;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * An ordinary controller beside the Node.js applications.
 */
@RestController
final class GreetingController {

	private static final String SERVER = "Spring Boot " + SpringBootVersion.getVersion() + ", Java "
			+ Runtime.version().feature();

	@GetMapping("/greeting")
	Greeting greeting(@RequestParam(defaultValue = "World") String name) {
		return new Greeting("Hello, " + name + ", from Spring!", SERVER, ProcessHandle.current().pid());
	}

}
