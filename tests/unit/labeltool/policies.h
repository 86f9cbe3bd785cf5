// SPDX-License-Identifier: Apache-2.0
// Small policy documents, a line each element.
#pragma once

#include <string>

namespace xenacm::labeltool::test {

// A policy `name` with the VM labels dom0, a-label, __UNLABELED__ and the resource labels disk, a-label. `extra` goes
// in among the VM labels, as line 12.
inline std::string document(const std::string& name, const std::string& extra = "") {
  return R"(<SecurityPolicyDefinition xmlns="http://www.ibm.com">
<PolicyHeader><PolicyName>)" +
         name + R"(</PolicyName><Version>1.0</Version></PolicyHeader>
<SimpleTypeEnforcement><SimpleTypeEnforcementTypes>
<Type>red</Type>
<Type>none</Type>
</SimpleTypeEnforcementTypes></SimpleTypeEnforcement>
<SecurityLabelTemplate>
<SubjectLabels bootstrap="dom0">
<VirtualMachineLabel><Name>dom0</Name><SimpleTypeEnforcementTypes><Type>red</Type><Type>none</Type></SimpleTypeEnforcementTypes></VirtualMachineLabel>
<VirtualMachineLabel><Name>a-label</Name><SimpleTypeEnforcementTypes><Type>red</Type></SimpleTypeEnforcementTypes></VirtualMachineLabel>
<VirtualMachineLabel><Name>__UNLABELED__</Name><SimpleTypeEnforcementTypes><Type>none</Type></SimpleTypeEnforcementTypes></VirtualMachineLabel>
)" + extra +
         R"(
</SubjectLabels>
<ObjectLabels>
<ResourceLabel><Name>disk</Name><SimpleTypeEnforcementTypes><Type>red</Type></SimpleTypeEnforcementTypes></ResourceLabel>
<ResourceLabel><Name>a-label</Name><SimpleTypeEnforcementTypes><Type>red</Type></SimpleTypeEnforcementTypes></ResourceLabel>
</ObjectLabels>
</SecurityLabelTemplate>
</SecurityPolicyDefinition>
)";
}

// For `extra`: a warning, and an error that has a warning beside it.
inline constexpr const char* kSuspicious = "<VirtualMachineLabel><Name>idle</Name></VirtualMachineLabel>";
inline constexpr const char* kWrong =
    "<VirtualMachineLabel><Name>idle</Name><SimpleTypeEnforcementTypes><Type>grey</Type><Type>red</Type>"
    "<Type>red</Type></SimpleTypeEnforcementTypes></VirtualMachineLabel>";

}  // namespace xenacm::labeltool::test
