package io.iisnode.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Says where the sample can be seen once it is ready.
 */
@Component
final class AddressPrinter implements ApplicationListener<ApplicationReadyEvent> {

	private static final Logger logger = LoggerFactory.getLogger(AddressPrinter.class);

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		Environment environment = event.getApplicationContext().getEnvironment();
		logger.info("Open http://localhost:{}/ (Node.js applications of {})",
				environment.getProperty("local.server.port"), environment.getProperty("iisnode.root"));
	}

}
