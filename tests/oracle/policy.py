# SPDX-License-Identifier: Apache-2.0
"""A policy as docs/acm.md 1 describes it: plain lists and sets, and the document that says the same."""

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://www.ibm.com"
STE_TYPES, CHW_TYPES = "SimpleTypeEnforcementTypes", "ChineseWallTypes"
UNLABELED = "__UNLABELED__"
INACCESSIBLE = "__INACCESSIBLE__"
RESERVED_POLICY_NAMES = {"*", "NULL", "INACTIVE", "INACCESSIBLE"}


@dataclass
class Label:
    """A VM label; of a resource label `chw` is empty and `ste` has one type or none."""

    name: str
    ste: list = field(default_factory=list)
    chw: list = field(default_factory=list)
    renames: str | None = None  # from="…"


@dataclass
class Policy:
    name: str
    version: tuple
    follows: tuple | None  # FromPolicy: (name, version)
    ste: list
    chw: list
    sets: list  # of (name, [types])
    bootstrap: str
    vm: list
    resource: list

    def vm_label(self, name):
        return next((label for label in self.vm if label.name == name), None)

    def resource_label(self, name):
        return next((label for label in self.resource if label.name == name), None)


def default_policy():
    """acm.md 1.4: one label, without types, for Domain-0."""
    label = Label("SystemManagement")
    return Policy("DEFAULT", (1, 0), None, [], [label.name], [], label.name, [label], [])


def has_two_of_one_set(policy, label):
    return any(len(set(label.chw) & set(types)) > 1 for _, types in policy.sets)


def renames_are_wrong(labels):
    """decisions.md 14: a label that also stays is renamed, or one label twice."""
    renamed = [label.renames for label in labels if label.renames]
    staying = {label.name for label in labels if not label.renames}
    return len(set(renamed)) < len(renamed) or any(name in staying for name in renamed)


def is_valid(policy):
    """acm.md 1.2 and decisions.md 4, 5, 14, as far as the generator breaks them."""
    if policy.name in RESERVED_POLICY_NAMES or ":" in policy.name:
        return False
    if policy.vm_label(policy.bootstrap) is None:
        return False
    lists = [[label.name for label in policy.vm], [label.name for label in policy.resource], policy.ste, policy.chw]
    if any(len(set(names)) < len(names) for names in lists):
        return False
    for label in policy.vm + policy.resource:
        if ":" in label.name or not set(label.ste) <= set(policy.ste) or not set(label.chw) <= set(policy.chw):
            return False
    for name, types in policy.sets:
        if not name or not set(types) <= set(policy.chw):
            return False
    if any(has_two_of_one_set(policy, label) for label in policy.vm):
        return False
    return not renames_are_wrong(policy.vm) and not renames_are_wrong(policy.resource)


def _types(element, types):
    return f"<{element}>{''.join(f'<Type>{escape(t)}</Type>' for t in types or [''])}</{element}>"


def _name(label):
    renames = f" from={quoteattr(label.renames)}" if label.renames else ""
    return f"<Name{renames}>{escape(label.name)}</Name>"


def to_xml(policy):
    version = "{}.{}".format(*policy.version)
    text = [f'<SecurityPolicyDefinition xmlns="{NAMESPACE}">']
    text.append(f"<PolicyHeader><PolicyName>{escape(policy.name)}</PolicyName><Version>{version}</Version>")
    if policy.follows:
        name, (major, minor) = policy.follows
        text.append(f"<FromPolicy><PolicyName>{escape(name)}</PolicyName><Version>{major}.{minor}</Version>"
                    "</FromPolicy>")
    text.append("</PolicyHeader>")
    if policy.ste:
        text.append(f"<SimpleTypeEnforcement>{_types(STE_TYPES, policy.ste)}</SimpleTypeEnforcement>")
    if policy.chw:
        sets = "".join(_types("Conflict", types).replace("<Conflict", f"<Conflict name={quoteattr(name)}", 1)
                       for name, types in policy.sets)
        sets = f"<ConflictSets>{sets}</ConflictSets>" if sets else ""
        text.append(f"<ChineseWall>{_types(CHW_TYPES, policy.chw)}{sets}</ChineseWall>")
    text.append(f"<SecurityLabelTemplate><SubjectLabels bootstrap={quoteattr(policy.bootstrap)}>")
    for label in policy.vm:
        text.append(f"<VirtualMachineLabel>{_name(label)}{_types(STE_TYPES, label.ste)}"
                    f"{_types(CHW_TYPES, label.chw)}</VirtualMachineLabel>")
    text.append("</SubjectLabels>")
    if policy.resource:
        labels = "".join(f"<ResourceLabel>{_name(label)}{_types(STE_TYPES, label.ste)}</ResourceLabel>"
                         for label in policy.resource)
        text.append(f"<ObjectLabels>{labels}</ObjectLabels>")
    text.append("</SecurityLabelTemplate></SecurityPolicyDefinition>\n")
    return "\n".join(text)


def from_xml(document):
    """Of a document that to_xml made, or one that is known to be valid."""
    root = ElementTree.fromstring(document)
    at = {"": NAMESPACE}

    def texts(element, where):
        found = [] if element is None else element.findall(where, at)
        return [node.text.strip() for node in found if node.text and node.text.strip()]

    def label_of(element):
        name = element.find("Name", at)
        return Label(name.text.strip(), texts(element, "SimpleTypeEnforcementTypes/Type"),
                     texts(element, "ChineseWallTypes/Type"), name.get("from"))

    def version_of(element):
        return tuple(int(number) for number in element.find("Version", at).text.split("."))

    header = root.find("PolicyHeader", at)
    origin = header.find("FromPolicy", at)
    subjects = root.find("SecurityLabelTemplate/SubjectLabels", at)
    return Policy(
        texts(header, "PolicyName")[0], version_of(header),
        None if origin is None else (texts(origin, "PolicyName")[0], version_of(origin)),
        texts(root, "SimpleTypeEnforcement/SimpleTypeEnforcementTypes/Type"),
        texts(root, "ChineseWall/ChineseWallTypes/Type"),
        [(s.get("name"), texts(s, "Type")) for s in root.findall("ChineseWall/ConflictSets/Conflict", at)],
        subjects.get("bootstrap"),
        [label_of(element) for element in subjects.findall("VirtualMachineLabel", at)],
        [label_of(e) for e in root.findall("SecurityLabelTemplate/ObjectLabels/ResourceLabel", at)])
