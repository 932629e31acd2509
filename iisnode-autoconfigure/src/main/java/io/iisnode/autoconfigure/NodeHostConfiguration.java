package io.iisnode.autoconfigure;

import java.time.Duration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import io.iisnode.application.NodeApplication;
import io.iisnode.application.NodeApplicationFactory;
import io.iisnode.application.NodeApplicationManager;
import io.iisnode.process.ExitListener;
import io.iisnode.process.ProcessLauncher;
import io.iisnode.process.ProcessServices;
import io.iisnode.transport.AsyncManager;
import io.iisnode.transport.PipeTransport;
import io.iisnode.transport.unix.UnixPipeTransport;
import io.iisnode.watch.FileWatcher;

/**
 * Wires the core: pipes, I/O threads, processes, applications.
 */
@Configuration(proxyBeanMethods = false)
class NodeHostConfiguration {

	/** Name of the bean that makes the configured applications. */
	static final String APPLICATIONS_BEAN_NAME = "iisNodeApplications";

	/** Default of spring.lifecycle.timeout-per-shutdown-phase. */
	private static final Duration PHASE_TIMEOUT = Duration.ofSeconds(30);

	@Bean
	NodeSettingsBinder iisNodeSettingsBinder(Environment environment) {
		return new NodeSettingsBinder(environment);
	}

	@Bean
	NodeHostSettings iisNodeHostSettings(NodeSettingsBinder binder) {
		return binder.host();
	}

	@Bean
	@ConditionalOnMissingBean
	PipeTransport iisNodePipeTransport(NodeHostSettings settings) {
		return Platform.isWindows() ? Platform.windowsPipeTransport() : new UnixPipeTransport(settings.pipeDirectory());
	}

	@Bean
	@ConditionalOnMissingBean
	AsyncManager iisNodeAsyncManager(PipeTransport transport, NodeHostSettings settings) {
		return new AsyncManager(transport, settings.threadCount());
	}

	@Bean
	@ConditionalOnMissingBean
	ProcessLauncher iisNodeProcessLauncher() {
		return Platform.isWindows() ? Platform.windowsProcessLauncher() : ProcessLauncher.jdk();
	}

	@Bean
	@ConditionalOnMissingBean
	ProcessServices iisNodeProcessServices(PipeTransport transport, AsyncManager async, ProcessLauncher launcher) {
		return new ProcessServices(transport, async, launcher);
	}

	@Bean
	@ConditionalOnMissingBean
	FileWatcher iisNodeFileWatcher() {
		return Platform.isWindows() ? Platform.windowsFileWatcher() : new FileWatcher();
	}

	@Bean
	@ConditionalOnMissingBean
	NodeApplicationFactory iisNodeApplicationFactory(ProcessServices services, FileWatcher watcher,
			ObjectProvider<ExitListener> exitListeners) {
		return new NodeApplicationFactory(services, watcher, (application, exit) -> exitListeners.orderedStream()
			.forEach((listener) -> listener.exited(application, exit)));
	}

	@Bean(APPLICATIONS_BEAN_NAME)
	NodeApplications iisNodeApplications(NodeApplicationFactory factory, NodeSettingsBinder binder) {
		return new NodeApplications(factory, binder);
	}

	@Bean
	@ConditionalOnMissingBean
	NodeApplicationManager iisNodeApplicationManager(NodeApplicationFactory factory, NodeSettingsBinder binder,
			NodeHostSettings settings, ObjectProvider<NodeApplication> applications) {
		return new NodeApplicationManager(HostedApplications.check(applications.orderedStream().toList()), factory,
				settings.root(), binder.defaults(), settings.maxApplications());
	}

	@Bean
	NodeApplicationLifecycle iisNodeApplicationLifecycle(NodeApplicationManager manager, NodeHostSettings settings) {
		return new NodeApplicationLifecycle(manager, settings.failFast());
	}

	@Bean
	WebServerShutdownGuard iisNodeWebServerShutdownGuard() {
		return new WebServerShutdownGuard();
	}

	@Bean
	NodeDrainLifecycle iisNodeDrainLifecycle(NodeApplicationManager manager, Environment environment) {
		return new NodeDrainLifecycle(manager,
				environment.getProperty("spring.lifecycle.timeout-per-shutdown-phase", Duration.class, PHASE_TIMEOUT));
	}

}
