#!/usr/bin/env python3
"""A XenAPI client that was not written for the simulator: Python's own xmlrpc.client.

`browse URL PASSWORD` looks at everything; `xencenter URL PASSWORD TEMPLATE NAME` makes a VM
as XenCenter 5.6 does, boot parameters emptied; `provision URL PASSWORD TEMPLATE NAME` makes one
as the SDK's provision.py of 2010 and its example do. Prints one JSON document.
"""
import json
import sys
import xml.dom.minidom
import xmlrpc.client


class Failure(Exception):
    pass


class Session:
    def __init__(self, url, password):
        self.proxy = xmlrpc.client.ServerProxy(url)
        self.handle = self.check(self.proxy.session.login_with_password("root", password, "1.0"))

    def check(self, reply):
        if reply["Status"] != "Success":
            raise Failure(reply["ErrorDescription"])
        return reply["Value"]

    def __call__(self, method, *arguments):
        return self.check(getattr(self.proxy, method)(self.handle, *arguments))


def browse(call):
    record = next(iter(call("host.get_all_records").values()))
    vms = call("VM.get_all_records")
    metrics = call("VM_metrics.get_all_records")
    try:
        call("VM.get_record", "OpaqueRef:none")
        error = None
    except Failure as failure:
        error = failure.args[0]
    call("event.register", ["vm"])
    template = call("VM.get_by_name_label", "Debian Lenny 5.0 (32-bit)")[0]
    clone = call("VM.clone", template, "seen by Python")
    events = call("event.next")
    return {
        "version": record["software_version"]["product_version"],
        "templates": sum(vm["is_a_template"] for vm in vms.values()),
        "never": str(next(iter(metrics.values()))["start_time"]),
        "integer": vms[template]["memory_static_max"],
        "loads": sum(next(iter(metrics.values()))["VCPUs_utilisation"].values()),
        "error": error,
        "clone": call("VM.get_name_label", clone),
        "event": [events[0]["class"], events[0]["operation"]],
        "methods": len(call.proxy.system.listMethods()),
    }


def xencenter(call, template_name, name):
    template = call("VM.get_by_name_label", template_name)[0]
    vm = call("VM.clone", template, name)
    pool = next(iter(call("pool.get_all_records").values()))
    storage = call("SR.get_uuid", pool["default_SR"])
    disks = call("VM.get_other_config", vm)["disks"].replace('sr=""', 'sr="%s"' % storage)
    call("VM.remove_from_other_config", vm, "disks")
    call("VM.add_to_other_config", vm, "disks", disks)
    call("VM.provision", vm)
    call("VIF.create", {
        "device": "0", "network": call("network.get_all")[0], "VM": vm, "MAC": "", "MTU": "1500",
        "other_config": {}, "qos_algorithm_type": "", "qos_algorithm_params": {},
    })
    call("VM.set_PV_args", vm, "")
    return {"uuid": call("VM.get_uuid", vm)}


def provision(call, template_name, name):
    """What provision.py does to `disks`: parsed by minidom, each SR set, printed by toprettyxml."""
    vm = call("VM.clone", call("VM.get_by_name_label", template_name)[0], name)
    pool = next(iter(call("pool.get_all_records").values()))
    spec = xml.dom.minidom.parseString(call("VM.get_other_config", vm)["disks"])
    printed = xml.dom.minidom.Document()
    order = printed.appendChild(printed.createElement("provision"))
    for disk in spec.getElementsByTagName("disk"):
        copy = order.appendChild(printed.createElement("disk"))
        copy.setAttribute("device", disk.getAttribute("device"))
        copy.setAttribute("size", disk.getAttribute("size"))
        copy.setAttribute("sr", call("SR.get_uuid", pool["default_SR"]))
        copy.setAttribute("bootable", "true" if disk.getAttribute("bootable") == "true" else "false")
    try:
        call("VM.remove_from_other_config", vm, "disks")
    except Failure:
        pass
    call("VM.add_to_other_config", vm, "disks", printed.toprettyxml())
    call("VM.provision", vm)
    disks = [call("VBD.get_record", vbd) for vbd in call("VM.get_VBDs", vm)]
    return [[disk["userdevice"], disk["bootable"], call("VDI.get_virtual_size", disk["VDI"])] for disk in disks]


what, url, password, *rest = sys.argv[1:]
session = Session(url, password)
print(json.dumps({"browse": browse, "xencenter": xencenter, "provision": provision}[what](session, *rest)))
session.check(session.proxy.session.logout(session.handle))
