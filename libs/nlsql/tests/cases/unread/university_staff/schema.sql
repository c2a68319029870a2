CREATE TABLE stg_HRCore_Employees (
  EmployeeID text,
  LastName text,
  FirstName text,
  DeptCode text,
  JobTitle text,
  ContractType text,
  HireDate text,
  TerminationDate text,
  FTE real,
  AnnualSalary real,
  Email text
);
CREATE TABLE src_payroll_master (
  PERSNR text,
  SURNAME text,
  GIVEN_NAME text,
  COST_CENTER text,
  PAY_GRADE text,
  ANNUAL_SALARY real,
  ENTRY_DATE text,
  BANK text
);
CREATE TABLE src_payroll_payments (
  PaymentNo int,
  PERSNR text,
  PayPeriod text,
  Gross real,
  Deductions real,
  Net real,
  PayDate text
);
CREATE TABLE brz_lnd_timesheets (
  TimesheetID int,
  EmpNo text,
  WorkDate text,
  Hours real,
  ProjectCode text,
  ApprovalStatus text,
  ApprovedBy text
);
CREATE TABLE ref_departments (
  DeptCode text,
  DeptName text,
  Faculty text,
  HeadEmployeeID text,
  StaffBudget real
);
CREATE TABLE research_projects (
  ProjectCode text,
  Title text,
  Sponsor text,
  StartDate text,
  EndDate text,
  Budget real,
  LeadEmployeeID text
);
CREATE TABLE excel_staff_plan (
  "Staff No" text,
  "Full Name" text,
  Department text,
  "Job Title" text,
  FTE real,
  Office text
);
