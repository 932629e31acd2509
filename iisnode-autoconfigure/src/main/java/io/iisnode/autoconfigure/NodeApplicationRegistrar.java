package io.iisnode.autoconfigure;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.StringUtils;

import io.iisnode.application.NodeApplication;

/**
 * Registers each configured application as a bean of its name. Runs when the application
 * is built, where that is done ahead of time: then the names are fixed, the settings are
 * not. Nothing is registered unless all settings are valid.
 */
final class NodeApplicationRegistrar implements ImportBeanDefinitionRegistrar {

	private static final String ATTRIBUTE = NodeApplicationRegistrar.class.getName() + ".application";

	private final Environment environment;

	NodeApplicationRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importer, BeanDefinitionRegistry registry) {
		NodeSettingsBinder binder = new NodeSettingsBinder(this.environment);
		binder.host();
		binder.defaults();
		binder.applicationNames().forEach((name) -> {
			binder.configuredApplication(name);
			register(name, registry);
		});
	}

	private static void register(String name, BeanDefinitionRegistry registry) {
		if (registry.containsBeanDefinition(name)) {
			throw clash(name, registry.getBeanDefinition(name));
		}
		if (registry.isBeanNameInUse(name)
				|| (registry instanceof ConfigurableBeanFactory factory && factory.containsSingleton(name))) {
			throw clash(name, "made by Spring itself");
		}
		RootBeanDefinition definition = new RootBeanDefinition();
		definition.setTargetType(NodeApplication.class);
		definition.setFactoryBeanName(NodeHostConfiguration.APPLICATIONS_BEAN_NAME);
		definition.setFactoryMethodName("configured");
		definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
		definition.setResourceDescription("iisnode.applications." + name);
		definition.setAttribute(ATTRIBUTE, true);
		registry.registerBeanDefinition(name, definition);
	}

	static boolean isApplication(BeanDefinition definition) {
		return definition.hasAttribute(ATTRIBUTE);
	}

	static NodeConfigurationException clash(String name, BeanDefinition other) {
		String description = other.getResourceDescription();
		description = (StringUtils.hasText(description)) ? description : other.getBeanClassName();
		return clash(name, "defined by " + ((description != null) ? description : "another configuration"));
	}

	private static NodeConfigurationException clash(String name, String other) {
		return new NodeConfigurationException(
				"The Node application '" + name + "' (iisnode.applications." + name
						+ ") would be a bean of that name, but there is one already, " + other + ".",
				"Give the application another name, for example iisnode.applications." + name
						+ "-node, or rename the bean. Where the bean is meant to be this application, remove"
						+ " iisnode.applications." + name + ".",
				null);
	}

}
