# A client nobody here wrote: fog-xenserver. Prints what it saw as one line of JSON.
require 'json'
require 'uri'
require 'fog/xenserver'

url, password, name = ARGV
at = URI(url)
compute = Fog::Compute.new(provider: 'XenServer', xenserver_url: at.host, xenserver_port: at.port, xenserver_username: 'root',
                           xenserver_password: password, xenserver_use_ssl: false)
server = compute.servers.find { |one| one.name == 'vm1' }
server.set_attribute('name_description', 'seen by fog')
server.reload
template = compute.builtin_templates.find { |one| one.name == name }
clone = compute.clone_server(template.reference, 'made by fog')
error = begin
  compute.get_record('OpaqueRef:none', 'VM')
  nil
rescue StandardError => e
  e.message
end
puts JSON.generate(
  'hosts' => compute.hosts.length,
  'servers' => compute.servers.map(&:name).sort,
  'template' => template.name,
  'cloned' => compute.servers.get(clone).name,
  'storage' => compute.storage_repositories.length,
  'description' => server.description,
  'error' => error
)
